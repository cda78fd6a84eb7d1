import type { NumberRange } from './number-ranges.ts';
import type { Amount, Kind, Pool } from './pool.ts';

const number = (milli: number): string => String(milli / 1000);

function reservationText(reservation: Kind['reservations'][number]): string {
  const labels = reservation.labels?.labels?.map(({ key, value }) => `${key}: ${value ?? ''}`).join(', ');
  const parts = [reservation.type, reservation.role, reservation.principal, labels && `{${labels}}`];
  return `(${parts.filter((part) => part !== undefined).join(',')})`;
}

function diskText(disk: NonNullable<Kind['disk']>): string {
  const volume = disk.volume ? `:${disk.volume.container_path}` : '';
  return `[${disk.persistence?.id ?? ''}${volume}]`;
}

function kindText(kind: Kind): string {
  const allocation = kind.allocatedTo === undefined ? '' : `(allocated: ${kind.allocatedTo})`;
  const reservations = kind.reservations.length
    ? `(reservations: [${kind.reservations.map(reservationText).join(',')}])`
    : '';
  const marks = `${kind.disk ? diskText(kind.disk) : ''}${kind.revocable ? '{REV}' : ''}${kind.shared ? '<SHARED>' : ''}`;
  return `${kind.name}${allocation}${reservations}${marks}`;
}

/** Ranges in the form of Mesos' messages and JSON: `[31000-31009, 32000-32000]`. */
export const rangesText = (ranges: readonly NumberRange[]): string =>
  `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;

/** One amount in the form of Mesos' refusal texts: `cpus(allocated: *):0.2`. */
export function amountText(amount: Amount): string {
  const value =
    'milli' in amount
      ? number(amount.milli)
      : 'ranges' in amount
        ? rangesText(amount.ranges)
        : `{${amount.items.join(', ')}}`;
  return `${kindText(amount.kind)}:${value}`;
}

/** A pool in Mesos' form: amounts separated by `; `, or `{}` when it is empty. */
export const poolText = (pool: Pool): string => (pool.length ? pool.map(amountText).join('; ') : '{}');
