/**
 * The first `count` of `total` places in the order of `compare`, which must tell any two places apart. Mostly `count` is
 * a small part: then each place is only compared with the last one of those found, instead of sorting all.
 */
export function firstPlaces(
  total: number,
  count: number,
  compare: (a: number, b: number) => number,
): number[] {
  if (count * 8 >= total) {
    const places = Array.from({ length: total }, (_, at) => at).sort(compare);
    places.length = Math.min(total, count);
    return places;
  }
  const first: number[] = [];
  for (let place = 0; place < total; place++) {
    if (first.length === count && (count === 0 || compare(place, first[count - 1] as number) > 0)) continue;
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(place, first[middle] as number) < 0) high = middle;
      else low = middle + 1;
    }
    first.splice(low, 0, place);
    if (first.length > count) first.pop();
  }
  return first;
}
