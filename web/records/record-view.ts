import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { dayStart } from '../ui/day-start.ts';
import { useRemembered } from '../ui/remembered.ts';
import { useDebounced } from '../ui/use-debounced.ts';

const PER_PAGE = 50;

export type Filter = 'hospital' | 'user' | 'from' | 'to' | 'state' | 'review' | 'type';

/** How a list is narrowed, ordered and gone through. */
export interface RecordView<S extends string> {
  /** What every list is asked for; filters of its own are added. */
  query: {
    q?: string;
    hospitalId?: string;
    from?: string;
    to?: string;
    sort: S;
    next?: string;
    perPage: number;
  };
  text: string;
  setText(text: string): void;
  setSort(sort: S): void;
  filter(name: Filter): string | undefined;
  /** A filter that is one of these values; any other is none. */
  choice<T extends string>(name: Filter, options: readonly { value: T }[]): T | undefined;
  setFilter(name: Filter, value: string): void;
  isNarrowed: boolean;
  reset(): void;
  /** From 1. */
  page: number;
  toNext(cursor: string): void;
  toPrevious(): void;
}

/**
 * Filters and order of a list, kept in the address so that going back and links restore them. What was searched for
 * and how far one went stay in memory: search words and the cursors of a list by name are patients' names.
 */
export function useRecordView<S extends string>(tab: string, sorts: readonly S[]): RecordView<S> {
  const [params, setParams] = useSearchParams();
  const [text, setText] = useRemembered(`records.${tab}`);
  const [passed, setPassed] = useState<Passed>({ list: '', cursors: [] });
  const q = useDebounced(text.trim()) || undefined;
  const change = (name: string, value: string) =>
    setParams((known) => withParam(known, name, value), { replace: true });
  const filter = (name: Filter) => params.get(name) || undefined;
  const sort = sorts.find((one) => one === params.get('sort')) ?? sorts[0];
  const list = `${params} ${q}`;
  const cursors = cursorsOf(passed, list);
  const [from, to] = [filter('from'), filter('to')];
  return {
    query: {
      q,
      hospitalId: filter('hospital'),
      from: from && dayStart(from),
      to: to && dayStart(to, 1),
      sort,
      next: cursors.at(-1),
      perPage: PER_PAGE,
    },
    text,
    setText,
    setSort: (next) => change('sort', next === sorts[0] ? '' : next),
    filter,
    choice: (name, options) => options.find(({ value }) => value === filter(name))?.value,
    setFilter: change,
    isNarrowed: q !== undefined || [...params.keys()].some((name) => name !== 'tab' && name !== 'sort'),
    reset: () => {
      setText('');
      setParams((known) => onlyTab(known), { replace: true });
    },
    page: cursors.length + 1,
    toNext: (cursor) => setPassed({ list, cursors: [...cursors, cursor] }),
    toPrevious: () => setPassed({ list, cursors: cursors.slice(0, -1) }),
  };
}

interface Passed {
  /** The list that was gone through, by its filters. */
  list: string;
  /** Of the pages from the second on, up to the one that is shown. */
  cursors: readonly string[];
}

/** Another list begins at its beginning: a cursor means nothing there. */
export const cursorsOf = ({ list: passed, cursors }: Passed, list: string): readonly string[] =>
  passed === list ? cursors : [];

/** The address with one filter changed; an empty one is left out. */
export function withParam(known: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(known);
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next;
}

export function onlyTab(known: URLSearchParams): URLSearchParams {
  const tab = known.get('tab');
  return new URLSearchParams(tab === null ? {} : { tab });
}
