// One photo in full: its tags with probabilities, accepted or refused one by one.

import { find, make, percent } from "./dom.js";
import { ask, post } from "./service.js";

const dialog = find("photo");
let current = null, actions = null, leaving = false;

export async function openPhoto(id, given) {
  if (current === id && dialog.open) return;
  [current, actions] = [id, given];
  showPicture(`/photos/${id}/thumbnail?side=1600`, "");
  find("photo-facts").replaceChildren(make("h2", { id: "photo-title" }, "…"));
  setNeighbours();
  if (!dialog.open) dialog.showModal();
  try {
    const photo = await ask(`/photos/${id}`);
    if (current === id) showFacts(photo);
  } catch (error) {
    if (current === id) showProblem("This photo cannot be shown", error.message);
  }
}

// A photo that is not of the index: given as a file, tags come later.
export function openUpload(address, name, given) {
  [current, actions] = [null, given];
  showPicture(address, name);
  setNeighbours();
  find("photo-facts").replaceChildren(
    make("h2", { id: "photo-title" }, name), make("p", { className: "where", role: "status" }, "Looking at the photo …"),
  );
  if (!dialog.open) dialog.showModal();
}

export function showUploadTags(name, tags) {
  const rows = tags.map(({ tag, probability }) => make("li", {}, makeWord(tag), makeLikely(probability)));
  const list = rows.length ? make("ul", { className: "judged plain" }, ...rows) : make("p", {}, "No tag is likely.");
  find("photo-facts").replaceChildren(
    make("h2", { id: "photo-title" }, name), make("h3", {}, "Tags, and how likely each is"), list,
    make("p", { className: "small" }, "The photo was not kept. Choose a tag to see photos of yours that have it."),
  );
}

export function showProblem(title, text) {
  find("photo-facts").replaceChildren(make("h2", { id: "photo-title" }, title), make("p", { className: "where", role: "alert" }, text));
}

export function closePhoto() {
  current = null;
  if (!dialog.open) return;
  leaving = true;  // the event comes later
  dialog.close();
  find("photo-picture").removeAttribute("src");
}

function showPicture(address, alt) {
  const picture = find("photo-picture");
  Object.assign(picture, { src: address, alt });
}

function showFacts(photo) {
  const { id, name, folder, title, taken, keywords, tags, copies, credit } = photo;
  find("photo-picture").alt = tags.length ? `Photo of ${tags.slice(0, 5).map(({ tag }) => tag).join(", ")}` : name;
  const day = taken ? new Date(taken).toLocaleDateString(undefined, { dateStyle: "long" }) : "";
  const where = [title ? name : "", folder, day].filter(Boolean).join(" · ");
  const like = make("button", { type: "button", on: { click: () => actions.like(id) } }, "Look-alikes");
  const file = make("a", { className: "button", href: `/photos/${id}/file`, target: "_blank", rel: "noopener" }, "The file");
  find("photo-facts").replaceChildren(
    make("h2", { id: "photo-title" }, title || name), make("p", { className: "where" }, where),
    make("div", { className: "actions" }, like, file),
    make("h3", {}, "Tags, and how likely each is"),
    tags.length ? make("ul", { className: "judged" }, ...tags.map((tag) => makeJudged(id, tag))) : make("p", {}, "No tag is likely."),
    ...section("Keywords of its owner", keywords.length ? make("div", { className: "tags" }, ...keywords.map(makeKeyword)) : null),
    ...section("Credit", makeCredit(credit)),
    ...section("The same photo", copies.length ? make("ul", { className: "where" }, ...copies.map((copy) => make("li", {}, copy))) : null),
    make("p", { className: "small" }, "✓ and ✕ say whether a tag is right. The answers stay beside the index, in feedback.jsonl, for learning."),
  );
}

const section = (title, content) => (content ? [make("h3", {}, title), content] : []);
const makeKeyword = (word) => make("button", { type: "button", className: "chip", on: { click: () => actions.search(word) } }, word);
const makeWord = (tag) => make("button", { type: "button", className: "word", ariaLabel: `Search for ${tag}`, on: { click: () => actions.search(tag) } }, tag);

function makeLikely(probability) {
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * probability}%`;
  return make("span", { className: "likely" }, make("span", { className: "track", ariaHidden: "true" }, fill), percent(probability));
}

function makeJudged(id, { tag, probability, accepted }) {
  const row = make("li", {}, makeWord(tag), makeLikely(probability));
  const judge = (verdict, sign, label) => make("button", {
    type: "button", className: `quiet judge ${verdict ? "yes" : "no"}`, ariaLabel: `${tag} is ${label}`, title: label,
    data: { verdict }, on: { click: (event) => give(event.currentTarget, verdict) },
  }, sign);
  const buttons = [judge(true, "✓", "right"), judge(false, "✕", "wrong")];
  const mark = (value) => {
    row.classList.toggle("refused", value === false);
    for (const button of buttons) button.setAttribute("aria-pressed", String(value === (button.dataset.verdict === "true")));
  };
  async function give(button, verdict) {
    const value = button.getAttribute("aria-pressed") === "true" ? null : verdict;
    const before = accepted;
    mark(accepted = value);
    try {
      await post(`/photos/${id}/feedback`, { tag, accepted: value });
    } catch (error) {
      mark(accepted = before);
      row.closest("ul").after(make("p", { className: "wrong", role: "alert" }, `Not kept: ${error.message}`));
    }
  }
  row.append(...buttons);
  mark(accepted);
  return row;
}

function makeCredit({ author, rights, licence_url: licence, page_url: page }) {
  if (!(author || rights || licence || page)) return null;
  const link = (address, text) => make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
  const parts = [
    author && (page ? link(page, author) : author), rights, licence && link(licence, "licence"), !author && page && link(page, "its page"),
  ].filter(Boolean);
  return make("p", { className: "where" }, ...parts.flatMap((part, place) => (place ? [" · ", part] : [part])));
}

function setNeighbours() {
  for (const [name, step] of [["previous", -1], ["next", 1]]) {
    const other = current && actions.neighbour(current, step);
    find(name).disabled = !other;
    find(name).onclick = () => other && actions.step(other);
  }
}

find("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => {
  if (!leaving) { current = null; actions?.close(); }
  leaving = false;
});
dialog.addEventListener("keydown", (event) => {
  const name = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (name && !find(name).disabled) { event.preventDefault(); find(name).click(); }
});
