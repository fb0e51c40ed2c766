import type { Actions } from "../actions";
import { byId } from "../dom";

/** Hands on what a file input is given, and empties it so that the same file can be chosen again. */
export function takeFiles(input: HTMLInputElement, actions: Actions, kind?: "weights"): void {
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length > 0) actions.takeFiles(files, kind);
  });
}

/** Hands on what is dropped anywhere on the page, or pasted. */
export function takeDrops(actions: Actions): void {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    actions.takeFiles(files);
  });
  const veil = byId("veil");
  // dragenter and dragleave come for every element under the pointer; the veil covers them all.
  window.addEventListener("dragenter", (event) => {
    if (event.dataTransfer?.types.includes("Files")) veil.hidden = false;
  });
  veil.addEventListener("dragleave", () => {
    veil.hidden = true;
  });
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    veil.hidden = true;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) actions.takeFiles(files);
    else actions.complain("That drop held no file. Save the picture first, then drop or choose the file.");
  });
}
