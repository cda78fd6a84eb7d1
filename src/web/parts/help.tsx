import { singleKeys, timeZone } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { closeDialog, openDialog } from './dialog.tsx';

const KEYS = [
  ['/', 'search'],
  ['g h, g u, g p, g a, g m, g c', 'go to cluster, updates, pending, agents, maintenance, cron'],
  ['j, k', 'next row, row before'],
  ['Enter', 'open the row'],
  ['u', 'one level up'],
  ['l', 'the log'],
  ['f, w, n, N', 'in a log: follow, wrap, find the next and the one before'],
  ['.', 'to what can be done here'],
  ['[, ]', 'tab before, next tab'],
  ['?', 'this'],
  ['Esc', 'close'],
] as const;

function Help() {
  const keys = useStore(singleKeys);
  const zone = useStore(timeZone);
  return (
    <>
      <table aria-label="keys">
        <tbody>
          {KEYS.map(([key, does]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <label>
          <input
            type="checkbox"
            checked={keys === 'on'}
            onChange={() => singleKeys.set(keys === 'on' ? 'off' : 'on')}
          />{' '}
          single keys are on
        </label>
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={zone === 'utc'}
            onChange={() => timeZone.set(zone === 'utc' ? 'local' : 'utc')}
          />{' '}
          times in UTC
        </label>
      </p>
      <p class="actions">
        <button type="button" onClick={closeDialog}>
          Close
        </button>
      </p>
    </>
  );
}

export const openHelp = (): void => openDialog('Keys', <Help />);
