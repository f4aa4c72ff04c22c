// Says where the content of this frame element begins in its own document's
// viewport.
function () {
  const { left, top } = this.getBoundingClientRect();
  const { paddingLeft, paddingTop } = getComputedStyle(this);
  return { X: left + this.clientLeft + parseFloat(paddingLeft), Y: top + this.clientTop + parseFloat(paddingTop) };
}
