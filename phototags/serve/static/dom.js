// Elements, made without HTML text, so that no name of a file is ever read as markup.

export const find = (id) => document.getElementById(id);

export function make(name, options = {}, ...children) {
  const { data, on, ...rest } = options;
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  Object.assign(element.dataset, data);
  for (const [event, act] of Object.entries(on ?? {})) element.addEventListener(event, act);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const percent = (share) => `${Math.round(100 * share)} %`;
export const count = (number) => number.toLocaleString("en");
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
