import type { Wire } from '../../../api/index.ts';

type Result = Wire<'Result'>;

/** Size of each result that is counted. Source: the original's ThriftWorkload. */
const SIZES: { readonly [M in keyof Result]?: (result: NonNullable<Result[M]>) => number | undefined } = {
  scheduleStatusResult: ({ tasks }) => tasks?.length,
  getPendingReasonResult: ({ reasons }) => reasons?.length,
  configSummaryResult: ({ summary }) => summary?.groups?.length,
  roleSummaryResult: ({ summaries }) => summaries?.length,
  jobSummaryResult: ({ summaries }) => summaries?.length,
  getJobsResult: ({ configs }) => configs?.length,
  getJobUpdateSummariesResult: ({ updateSummaries }) => updateSummaries?.length,
  getJobUpdateDetailsResult: ({ detailsList }) => detailsList?.length ?? 1,
};

/** How many items a read returned; undefined for results that are not counted. */
export function resultSize(result: Result | undefined): number | undefined {
  for (const [member, value] of Object.entries(result ?? {})) {
    const size = SIZES[member as keyof Result] as ((value: unknown) => number | undefined) | undefined;
    if (size) return size(value) ?? 0;
  }
  return undefined;
}
