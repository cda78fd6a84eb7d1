// Three services from one template, which is a function in a module of its own. Copies change what differs, also deep
// inside.
import { GB, limit } from 'aurora';
import { teamService } from './shared/team_service.ts';

const orders = teamService('orders', 'while true; do echo orders; sleep 5; done', { instances: 3 });
const invoices = teamService('invoices', 'while true; do echo invoices; sleep 5; done');
const search = teamService('search', 'while true; do echo searching; sleep 5; done').with({
  constraints: { host: limit(1) },
  task: { resources: { cpu: 0.5, disk: 1 * GB } },
});

export default [orders, invoices, search];
