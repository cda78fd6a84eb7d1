import type { Amounts, Listed } from './shared.ts';

/** `quota`: what roles may use, and what they use. */
export type QuotaReply = Listed<QuotaRow>;

export interface QuotaRow {
  readonly role: string;
  /** Absent when no quota was set; then no production task may run. */
  readonly quota?: Amounts;
  readonly used: Amounts;
  readonly production: { readonly dedicated: Amounts };
  readonly others: { readonly shared: Amounts; readonly dedicated: Amounts };
}
