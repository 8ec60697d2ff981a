// Questions to the service.

import { find } from "./dom.js";

export class Refused extends Error {
  constructor(status, reason, message) {
    super(message);
    Object.assign(this, { status, reason });
  }
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "no_answer", "The service does not answer. Is `phototags serve` still running?");
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  const body = await response.json().catch(() => null);
  const { reason = "refused", message = response.statusText } = body?.error ?? {};
  throw new Refused(response.status, reason, message);
}

export async function ask(path, options) {
  try {
    return await send(path, options);
  } catch (error) {
    if (error.reason !== "no_token") throw error;
    await login();
    return send(path, options);
  }
}

export const post = (path, content) => ask(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
});

const enter = (token) => send("/session", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }),
});

// The token stands behind the # of the address that the command printed; nothing keeps it.
export async function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  await enter(token).catch(() => null);
}

let asking = null;

function login() {
  asking ??= new Promise((done) => {
    const dialog = find("login");
    find("login-form").onsubmit = async (event) => {
      event.preventDefault();
      try {
        await enter(find("token").value);
      } catch (error) {
        find("login-wrong").textContent = error.reason === "wrong_token" ? "This is not the token." : error.message;
        return;
      }
      dialog.close();
      asking = null;
      done();
    };
    dialog.oncancel = (event) => event.preventDefault();
    dialog.showModal();
  });
  return asking;
}
