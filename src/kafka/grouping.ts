/**
 * Takes the next group out of the queue: what one transaction commits together (group commit, design §1).
 *
 * First come, first served, up to `bytesMax`; a larger unit goes alone. A unit is never split, and none overtakes
 * another: once one does not fit, later and smaller ones wait too.
 *
 * @param queue oldest first; the taken units are removed from it.
 */
export function takeGroup<Unit extends { readonly bytes: number }>(queue: Unit[], bytesMax: number): readonly Unit[] {
  let count = 0;
  let bytes = 0;
  for (const unit of queue) {
    if (count > 0 && bytes + unit.bytes > bytesMax) break;
    count += 1;
    bytes += unit.bytes;
  }
  return queue.splice(0, count);
}
