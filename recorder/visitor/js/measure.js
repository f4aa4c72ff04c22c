// Says where this element is in its own frame, and whether a person could use
// it there.
function () {
  const bounds = this.getBoundingClientRect();
  const parts = [...this.getClientRects()];
  const largest = parts.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), parts[0] ?? bounds);
  const rect = ({ left, top, width, height }) => ({ X: left, Y: top, Width: width, Height: height });
  return {
    bounds: rect(bounds),
    largest: rect(largest),
    view: { Width: innerWidth, Height: innerHeight },
    visible: this.checkVisibility({ visibilityProperty: true }) && largest.width > 0 && largest.height > 0,
    disabled: this.matches(":disabled"),
    now: Date.now(),
  };
}
