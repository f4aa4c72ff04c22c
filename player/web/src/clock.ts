/**
 * rrweb gives up a mutation that it can't resolve after half a second of wall
 * clock. A clock that moves by being read makes that the same on any machine.
 */
export function steadyClock(): void {
  let now = 0;
  Date.now = () => {
    now += 25;
    return now;
  };
}
