// The page: its address says what is shown, so that Back and bookmarks work.

import { count, find, make, percent, plural } from "./dom.js";
import { closePhoto, openPhoto } from "./photo.js";
import { ask, takeToken } from "./service.js";
import { startUploads } from "./upload.js";

const HOME = { q: "", without: "", above: "0", top: "40", like: "" };
let state = {}, asking = null, shown = [];

const thumbnail = (id) => `/photos/${id}/thumbnail`;

function readAddress() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(Object.entries(HOME).map(([key, value]) => [key, given.get(key) ?? value]));
}

function writeAddress(next, photo) {
  const kept = Object.entries(next).filter(([key, value]) => value !== HOME[key]);
  if (photo) kept.push(["photo", photo]);
  const text = new URLSearchParams(kept).toString();
  return text ? `/?${text}` : "/";
}

export function go(change) {
  const next = { ...state, like: "", ...change };
  history.pushState(null, "", writeAddress(next));
  show();
  scrollTo({ top: 0 });
}

const searchTag = (tag) => go({ q: tag, without: "" });

// What the address says

async function show() {
  const next = readAddress(), same = JSON.stringify(next) === JSON.stringify(state);
  state = next;
  const photo = new URLSearchParams(location.search).get("photo");
  if (!same) {
    fillFields();
    asking?.abort();
    asking = new AbortController();
    await (state.like ? showSimilar() : state.q.trim() || state.without.trim() ? showFound() : showHome());
  }
  if (photo) openPhoto(photo, actions);
  else closePhoto();
}

function fillFields() {
  find("words").value = state.q;
  find("without").value = state.without;
  find("above").value = Math.round(100 * Number(state.above)) || 0;
  find("top").value = state.top;
  writeOutputs();
}

function writeOutputs() {
  find("above-value").textContent = `${find("above").value} %`;
  find("top-value").textContent = find("top").value;
}

function begin(title, { refine, waiting }) {
  find("title").replaceChildren(...title);
  document.title = `${find("title").textContent} · phototags`;
  find("refine").hidden = !refine;
  find("near").hidden = true;
  find("notes").replaceChildren();
  find("status").textContent = "";
  shown = [];
  const tiles = Array.from({ length: 12 }, () => make("li"));
  find("place").replaceChildren(make("ul", { className: waiting, ariaHidden: "true" }, ...tiles));
}

async function load(path, use) {
  const { signal } = asking;
  try {
    const answer = await ask(path, { signal });
    if (!signal.aborted) await use(answer);
  } catch (error) {
    if (error.name !== "AbortError" && !signal.aborted) showError(error);
  }
}

// Start page

async function showHome() {
  begin(["Find photos by what is in them"], { refine: false, waiting: "mosaic waiting" });
  await load("/tags?top=24", ({ searched, tags }) => {
    if (!searched) return showNoIndex();
    find("status").textContent = `${plural(searched, "photo")}. Type words, or begin with one of the commonest tags.`;
    find("place").replaceChildren(make("ul", { className: "mosaic" }, ...tags.map(makeTagTile)));
    if (!tags.length) showState("No tag is sure of any photo", "Type words: they are searched for all the same.");
  });
}

function makeTagTile({ tag, photos, cover }) {
  const number = make("span", { className: "count" }, count(photos), make("span", { className: "unseen" }, photos === 1 ? " photo" : " photos"));
  const name = make("span", { className: "name" }, `${tag} `, number);
  const picture = make("img", { src: thumbnail(cover), alt: "", loading: "lazy", decoding: "async" });
  return make("li", {}, make("button", { type: "button", on: { click: () => searchTag(tag) } }, picture, name));
}

// Search

async function showFound() {
  const { q, without, above, top } = state;
  begin([q.trim() || `without ${without}`], { refine: true, waiting: "grid waiting" });
  await load(`/search?${new URLSearchParams({ q, without, above, top })}`, async (found) => {
    find("title").replaceChildren(...writeTitle(found));
    find("notes").replaceChildren(...found.notes.map((note) => make("p", {}, `${note}.`)));
    showPhotos(found.photos, found.wanted, (photo) => percent(photo.score));
    const least = Number(above) ? ` at least ${percent(above)} likely` : "";
    find("status").textContent = found.photos.length
      ? `${plural(found.photos.length, "photo")} of ${count(found.searched)}${least}, the likeliest first` : "";
    if (!found.photos.length) showNothing(found);
    await showNear(found);
  });
}

function writeTitle({ wanted, unwanted }) {
  const parts = wanted.map((term) => make("span", { className: "term" }, term));
  const not = unwanted.map((term) => make("span", { className: "no" }, term));
  const title = parts.flatMap((part, place) => (place ? [", ", part] : [part]));
  if (not.length) title.push(title.length ? " without " : "Without ", ...not.flatMap((part, place) => (place ? [", ", part] : [part])));
  return title.length ? title : [state.q.trim() || "Nothing to search for"];
}

async function showNear({ wanted, unwanted }) {
  if (wanted.length !== 1) return;
  const { near } = await ask(`/near?${new URLSearchParams({ tag: wanted[0], top: 8 })}`, { signal: asking.signal }).catch(() => ({ near: [] }));
  const chips = near.filter(({ tag }) => !unwanted.includes(tag)).map(({ tag }) => make("button", {
    type: "button", className: "chip", on: { click: () => go({ q: `${state.q.trim()}, ${tag}` }) },
  }, `+ ${tag}`));
  find("near").replaceChildren("Often with it:", ...chips);
  find("near").hidden = !chips.length;
}

function showNothing({ wanted, unwanted }) {
  const known = wanted.length || unwanted.length;
  const advice = !known ? "These words are no tags, stand on no photo, and mean nothing here."
    : Number(state.above) ? "No photo is so likely. Ask for less." : "Ask for fewer words, or others.";
  const less = Number(state.above) ? make("button", { type: "button", className: "main", on: { click: () => go({ above: "0" }) } }, "Show less likely photos") : null;
  const home = make("button", { type: "button", on: { click: () => go(HOME) } }, "All tags");
  showState("No photo matches", advice, less, home);
}

// Look-alikes

async function showSimilar() {
  begin(["Look-alikes"], { refine: false, waiting: "grid waiting" });
  await load(`/similar?${new URLSearchParams({ id: state.like, top: state.top })}`, ({ photos }) => {
    find("status").textContent = `${plural(photos.length, "photo")}, the most alike first`;
    showPhotos(photos, [], (photo) => `${percent(photo.score)} alike`);
    if (!photos.length) showState("There is no other photo", "Index more folders: phototags index FOLDER");
  });
}

// Photos

function showPhotos(photos, wanted, label) {
  shown = photos.map(({ id }) => id);
  find("place").replaceChildren(make("ul", { className: "grid" }, ...photos.map((photo) => makeTile(photo, wanted, label(photo)))));
}

function makeTile({ id, name, tags }, wanted, label) {
  const words = tags.slice(0, 3).map(({ tag }) => tag);
  const hits = tags.map(({ tag }) => tag).filter((tag) => wanted.includes(tag));
  const chips = [...new Set([...hits, ...words])].slice(0, 3).map((tag) => make("li", {}, make("button", {
    type: "button", className: hits.includes(tag) ? "chip hit" : "chip", on: { click: () => searchTag(tag) },
  }, tag)));
  const open = make("button", {
    type: "button", className: "open", data: { id }, on: { click: () => actions.open(id) },
  }, make("span", { className: "score" }, label));
  const picture = make("img", {
    src: thumbnail(id), alt: words.length ? `Photo of ${words.join(", ")}` : name, loading: "lazy", decoding: "async",
    on: { error: () => { picture.hidden = true; open.classList.add("broken"); } },
  });
  open.prepend(picture);
  return make("li", {}, open, make("ul", { className: "tags", ariaLabel: "Tags" }, ...chips));
}

const actions = {
  open: (id) => { lastOpened = id; history.pushState(null, "", writeAddress(state, id)); show(); },
  close: () => {
    const address = writeAddress(state);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    focusTile();
  },
  search: (tag) => { closePhoto(); searchTag(tag); },
  like: (id) => { closePhoto(); go({ ...HOME, like: id }); },
  neighbour: (id, step) => shown[shown.indexOf(id) + step * (shown.includes(id) ? 1 : NaN)],
  step: (id) => { history.replaceState(null, "", writeAddress(state, id)); lastOpened = id; show(); },
};
let lastOpened = null;

function focusTile() {
  if (lastOpened) find("place").querySelector(`[data-id="${CSS.escape(lastOpened)}"]`)?.focus();
  lastOpened = null;
}

// States

function showState(title, text, ...buttons) {
  const row = buttons.some(Boolean) ? make("div", { className: "row" }, ...buttons) : null;
  find("place").replaceChildren(make("div", { className: "state" }, make("h2", {}, title), make("p", {}, text), row));
}

function showNoIndex() {
  find("title").textContent = "Tag a photo";
  showState("No folder is indexed yet", "");
  find("place").querySelector(".state p").append("Run ", make("code", {}, "phototags index FOLDER"), ", then find its photos here by words. Until then, drop a photo anywhere on this page to see its tags.");
}

function showError(error) {
  find("status").textContent = "";
  if (error.reason === "no_index") return showNoIndex();
  const again = make("button", { type: "button", className: "main", on: { click: () => { state = {}; show(); } } }, "Try again");
  showState(error.status === 429 ? "Too much at once" : "That did not work", error.message, again);
}

// Input

find("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ q: find("words").value });
});
find("refine").addEventListener("submit", (event) => event.preventDefault());
find("refine").addEventListener("input", writeOutputs);
find("refine").addEventListener("change", () => go({
  without: find("without").value, above: String(find("above").value / 100), top: find("top").value, like: state.like,
}));
document.querySelector(".mark").addEventListener("click", (event) => { event.preventDefault(); go(HOME); });
addEventListener("popstate", show);

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) { find("words").focus(); find("words").select(); }
  }
  if (event.target.closest?.("dialog, input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const tiles = [...find("place").querySelectorAll(".open, .mosaic button")], at = tiles.indexOf(event.target);
  if (at < 0) return;
  const row = tiles.findIndex((tile, place) => place > 0 && tile.offsetLeft <= tiles[0].offsetLeft && tile.getBoundingClientRect().top > tiles[0].getBoundingClientRect().top);
  const across = row < 0 ? tiles.length : row;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (!step) return;
  event.preventDefault();
  tiles[Math.min(Math.max(at + step, 0), tiles.length - 1)].focus();
});

await takeToken();
startUploads(actions);
show();
