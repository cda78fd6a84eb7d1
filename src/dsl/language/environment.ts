import type { Reference, TemplateText } from './text.ts';

/** The stages that schedulers accept unless their operator says otherwise. */
type StockEnvironment = 'prod' | 'devel' | 'test' | 'staging' | `staging${number}`;

declare const CUSTOM: unique symbol;
/** A stage that only this cluster's scheduler accepts; made by `environment`. */
export type CustomEnvironment = string & { readonly [CUSTOM]: true };

/** The stage of a job: one of the stock ones, a template, or `environment('other')`. */
export type Environment = StockEnvironment | CustomEnvironment | TemplateText | Reference;

/** A stage other than prod, devel, test and staging, for schedulers set up with `allowed_job_environments`. */
export const environment = (name: string): CustomEnvironment => name as CustomEnvironment;
