// A photo that is dropped, pasted or chosen: it is tagged and not kept.

import { find } from "./dom.js";
import { openUpload, showProblem, showUploadTags } from "./photo.js";
import { ask } from "./service.js";

const PROBLEMS = {
  not_an_image: "This is no picture of a kind that is read: JPEG, PNG, GIF, WebP, AVIF or TIFF.",
  too_many_bytes: "The file is larger than this service takes.",
  too_many_pixels: "The picture has more pixels than this service takes.",
  truncated: "The file is cut off: its end is missing.",
  queue_full: "Many photos are waiting to be tagged. Try again in a moment.",
};
let latest = 0, address = null;

async function tagFile(file, actions) {
  const turn = ++latest;
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(file);
  openUpload(address, file.name || "Pasted photo", actions);
  try {
    const { tags } = await ask("/tag?top=15&above=0.05", { method: "POST", body: file });
    if (turn === latest) showUploadTags(file.name || "Pasted photo", tags);
  } catch (error) {
    if (turn === latest) showProblem("This photo cannot be tagged", PROBLEMS[error.reason] ?? error.message);
  }
}

export function startUploads(actions) {
  const take = (files) => { if (files?.length) tagFile(files[0], actions); };
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  find("file").addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });
  addEventListener("paste", (event) => take([...event.clipboardData.files].filter((file) => file.type.startsWith("image/"))));
  addEventListener("dragover", (event) => { if (holdsFiles(event)) { event.preventDefault(); find("drop").hidden = false; } });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) find("drop").hidden = true; });
  addEventListener("drop", (event) => {
    find("drop").hidden = true;
    if (holdsFiles(event)) { event.preventDefault(); take(event.dataTransfer.files); }
  });
}
