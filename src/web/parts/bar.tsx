/**
 * A share of a whole as a bar; more than the whole shows as full, in the colour for bad.
 * @param isGoal the whole is to be reached, not a limit to keep away from.
 */
export function Bar({
  isGoal = false,
  label,
  of,
  value,
}: {
  readonly value: number;
  readonly of: number;
  readonly label: string;
  readonly isGoal?: boolean;
}) {
  const share = of > 0 ? value / of : value > 0 ? 1 : 0;
  const tone = value > of ? 'bad' : share > 0.9 && !isGoal ? 'waiting' : 'good';
  return (
    <svg class={`bar ${tone}`} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="room" width="100" height="6" />
      <rect class="fill" width={Math.min(100, share * 100)} height="6" />
    </svg>
  );
}
