import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Api, api, type RouteName } from '../../contract/api.ts';
import type { RouteDefinition } from '../../contract/route.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import { findSignedInBySession } from '../auth/queries.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { attachment } from './attachment.ts';
import { csvColumns } from './csv-columns.ts';
import type { Handler } from './mount.ts';

type ExportedList = { [K in RouteName]: Api[K] extends { csv: string } ? K : never }[RouteName];

interface ListInput {
  caller: Caller;
  query: { format?: 'json' | 'csv'; perPage: number; next?: string };
  request: FastifyRequest;
  reply: FastifyReply;
}
type List = (input: ListInput) => Promise<{ items: object[]; next: string | null }>;

interface Parts {
  db: Db;
  reads: ReadLog;
}

/** Rows that are read and noted at a time. */
const ROWS_AT_ONCE = 1000;

/**
 * The handler of a list that `?format=csv` answers whole, page after page of the same list: what it filters, whom it
 * shows what and that it notes what was read holds for the file too. It breaks off when the session ends.
 */
export function exportable<K extends ExportedList>(
  name: K,
  parts: Parts,
  handler: Handler<Api[K]>,
): Handler<Api[K]> {
  const list = handler as unknown as List;
  const exported: List = async ({ query: { format, ...query }, ...input }) =>
    format === 'csv'
      ? ((await sendCsv(api[name], parts, list, { ...input, query })) as never)
      : list({ ...input, query });
  return exported as unknown as Handler<Api[K]>;
}

async function sendCsv(route: RouteDefinition, { db, reads }: Parts, list: List, input: ListInput) {
  const query = { ...input.query, page: 1, perPage: ROWS_AT_ONCE };
  // Before anything is answered, so that what does not fit is refused like any other request.
  const first = await list({ ...input, query });
  const title = route.path.split('/').at(-1) ?? '';
  await reads.note(input.caller, {
    activityType: `${route.csv}.export`,
    description: `Exported a list of ${title} as CSV`,
    entityType: route.csv,
  });
  const rows = async function* () {
    for (let page = first; ; ) {
      yield* page.items;
      if (page.next === null) return;
      // Whoever reads slowly would otherwise be sent patients long after they were disabled.
      if (!(await findSignedInBySession(db, input.caller.sessionId))) throw new AppError('unauthenticated');
      page = await list({ ...input, query: { ...query, next: page.next } });
    }
  };
  const csv = stringify({
    // Spreadsheets take a text that begins like a formula for one (CVE-2021-41128), in a second line too.
    escape_formulas: true,
    quoted_string: true,
    // By which Excel knows UTF-8.
    bom: true,
    header: true,
    record_delimiter: 'windows',
    cast: { boolean: String },
    columns: csvColumns(route),
  });
  pipeline(Readable.from(rows()), csv, (error) => {
    if (error) input.request.log.warn({ err: error }, 'an export broke off');
  });
  return input.reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', attachment(`${title}-${new Date().toISOString().slice(0, 10)}.csv`))
    .send(csv);
}
