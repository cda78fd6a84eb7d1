import type { Viewed } from '../../api/views/shared.ts';
import type { UpdateReply, UpdateSettingsShown } from '../../api/views/updates.ts';
import { session } from '../data/first-view.ts';
import { go, place } from '../data/place.ts';
import { timeZone } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { Config, ConfigComparison } from '../parts/configs.tsx';
import { Diff } from '../parts/diff.tsx';
import { Empty, Facts, Section } from '../parts/layout.tsx';
import { RunAgain } from '../parts/run-again.tsx';
import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { ExactTime, Since, Time } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Progress } from '../parts/update-line.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { durationText, exactText } from '../text/durations.ts';
import { withQuery } from '../text/paths.ts';
import { isActiveUpdate } from '../text/states.ts';
import { updateWrites } from '../writes/update-writes.ts';
import type { ScreenProps } from './screen-props.ts';

const strategyText = ({ autopause, groupSizes, strategy }: UpdateSettingsShown): string =>
  `${strategy} of ${groupSizes.join(', ')}${autopause ? ', pauses after each batch' : ''}`;

function Settings({ settings }: { readonly settings: UpdateSettingsShown }) {
  const {
    maxFailedInstances,
    maxPerInstanceFailures,
    minWaitMs,
    pulseMs,
    rollback,
    slaAware,
    startTimeoutMs,
  } = settings;
  return (
    <Facts
      facts={[
        ['Strategy', strategyText(settings)],
        ['Failures allowed for an instance', String(maxPerInstanceFailures)],
        ['Failed instances allowed', String(maxFailedInstances)],
        ['Watched for', durationText(minWaitMs)],
        ['When it fails', rollback ? 'it is rolled back' : 'it stops where it is'],
        ['Keeps SLA promises', slaAware ? 'yes' : 'no'],
        pulseMs !== undefined && ['Needs a pulse every', durationText(pulseMs)],
        startTimeoutMs !== undefined && ['To be running within', durationText(startTimeoutMs)],
      ]}
    />
  );
}

function Versions({ view: { after, before } }: { readonly view: UpdateReply }) {
  if (!after) return <Empty>This update only removes instances.</Empty>;
  if (before.length === 0) return <Config config={after.config} />;
  return before.length === 1 ? (
    <>
      <p class="faint">
        From what instances {before[0]?.instances} had to what instances {after.instances} get:
      </p>
      <Diff before={before[0]?.config} after={after.config} />
    </>
  ) : (
    <ConfigComparison configs={[...before, { ...after, instances: `${after.instances} (new)` }]} />
  );
}

/** Compares what this update brings with what another one brought. */
function OtherVersion({
  view: { after, other, row, versions },
  wanted = '',
}: {
  readonly view: UpdateReply;
  readonly wanted: string | undefined;
}) {
  const at = useStore(place);
  const zone = useStore(timeZone);
  if (!after || versions.length === 0) return null;
  return (
    <Section
      title="Against another version"
      aside={
        <label>
          what an earlier or later update brought:{' '}
          <select
            value={wanted}
            onChange={(event) => go(withQuery(at, { with: event.currentTarget.value }), 'replace')}
          >
            <option value="">none</option>
            {versions.map(({ createdMs, id, message, user }) => (
              <option key={id} value={id}>
                {`${exactText(createdMs, zone)} ${user}${message ? `: ${message}` : ''} (${id.slice(0, 8)})`}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {other && (
        <>
          <p class="faint">
            From what update {wanted} brought to what update {row.id} brings:
          </p>
          <Diff before={other.config} after={after.config} />
        </>
      )}
    </Section>
  );
}

/** The screen of one update. */
export function UpdateScreen({ at, view }: ScreenProps<UpdateReply & Viewed>) {
  const { events, metadata, row, settings } = view;
  const active = isActiveUpdate(row.status);
  const last = events.at(-1);
  return (
    <>
      <p class="sentence">
        <State state={row.status} />{' '}
        {active ? (
          <>
            for <Since atMs={row.createdMs} />
          </>
        ) : (
          <>
            after {durationText(row.modifiedMs - row.createdMs)}, <Time atMs={row.modifiedMs} />
          </>
        )}
        ; started by {row.user}
        {row.message && <span class="said"> “{row.message}”</span>} <Progress row={row} />
      </p>
      <WriteButtons can={view.can} writes={updateWrites(session.cluster, row, active)}>
        {!active && view.after && <RunAgain can={view.can} row={row} />}
      </WriteButtons>
      {last?.message && events.length > 1 && <p class={active ? '' : 'faint'}>{last.message}</p>}
      <Section title="Instances">
        <Timeline view={view} />
      </Section>
      <Section title="What changes">
        <Versions view={view} />
      </Section>
      <OtherVersion view={view} wanted={at.query.with} />
      <Section title="Events">
        <Table
          label="events of the update"
          rows={events.map((event, at) => ({ ...event, at }))}
          keyOf={({ at }) => String(at)}
          columns={[
            { head: 'Status', cell: ({ status }) => <State state={status} /> },
            { head: 'At', cell: ({ atMs }) => <ExactTime atMs={atMs} /> },
            { head: 'By', cell: ({ user }) => user },
            { head: 'Message', wide: true, cell: ({ message }) => message },
          ]}
        />
      </Section>
      <Section title="Settings">
        <Settings settings={settings} />
        {metadata.length > 0 && <Facts facts={metadata} />}
      </Section>
    </>
  );
}
