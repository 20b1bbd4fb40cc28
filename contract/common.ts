import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';

export const Id = z.uuid();
export const Timestamp = z.iso.datetime();
export const Day = z.iso.date();
export const Text = (max: number) => z.string().trim().min(1).max(max);
export const Version = z.number().int().positive();
/** Somebody or something elsewhere, as it is shown. */
export const Named = z.object({ id: Id, name: z.string() });

/** A box in full-resolution image pixels, origin top left. */
export const Box = z.strictObject({
  x: z.number().min(-1e6).max(1e6),
  y: z.number().min(-1e6).max(1e6),
  width: z.number().positive().max(1e6),
  height: z.number().positive().max(1e6),
});

export const IdParams = z.object({ id: Id });
export const JobIdParams = z.object({ job_id: Id });
export const PatientIdParams = z.object({ patient_id: Id });

/** Query of every list; `next` is a keyset cursor that an earlier answer gave. */
export const listQuery = <T extends z.ZodRawShape>(filters: T) =>
  z.strictObject({
    page: z.coerce.number<number>().int().min(1).max(100_000).default(1),
    per_page: z.coerce.number<number>().int().min(1).max(200).default(25),
    next: z.string().max(2000).optional(),
    ...filters,
  });

/** Query of a list that can be had whole as a CSV file. */
export const exportedListQuery = <T extends z.ZodRawShape>(filters: T) =>
  listQuery({ format: z.enum(['json', 'csv']).default('json'), ...filters });

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    total: z.number().int(),
    total_is_lower_bound: z.boolean(),
    page: z.number().int(),
    per_page: z.number().int(),
    next: z.string().nullable(),
  });

/** Images by how far the machine is with them. */
export const SamplesByStatus = z.object({
  pending: z.number().int(),
  processing: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
});

/** How many cells of each type. */
export const CellCounts = z.array(z.object({ cell_type: z.string(), count: z.number().int() }));

/** Rows to act on at once. */
export const ManyIds = z.array(Id).min(1).max(200);

/** What became of an act over many rows: of each either done, or refused with the reason. */
export const DoneToMany = z.object({
  done: z.array(Id),
  refused: z.array(z.object({ id: Id, code: z.enum(ERROR_CODES), detail: z.string() })),
});

/** An answer without content of its own. */
export const Done = z.object({ status: z.literal('ok') });
