// Names what lies over this element at a point of its frame, "" if the point
// meets the element itself, something in it, or its label.
function (x, y) {
  let hit = document.elementFromPoint(x, y);
  while (hit?.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  if (!hit) return "the edge of the window";
  for (let node = hit; node; node = node.assignedSlot ?? node.parentNode ?? node.host) {
    if (node === this) return "";
  }
  if (hit.closest("label")?.control === this) return "";
  const id = hit.id ? "#" + hit.id : "";
  const classes = [...hit.classList].map((name) => "." + name).join("");
  return "<" + hit.localName + id + classes + ">";
}
