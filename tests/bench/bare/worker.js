let had = 0;
addEventListener("message", () => {
  had += 1;
  if (had === 2) postMessage("both");
});
