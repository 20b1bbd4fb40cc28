import { useEffect, useRef, useState } from 'react';
import type { SampleRow } from '../api/queries.ts';
import { statusesOf, statusNews } from './status-news.ts';

/** The latest news of the images on the page, for screen readers. */
export function useStatusNews(samples: readonly SampleRow[] | undefined): string {
  const known = useRef(statusesOf([]));
  const [news, setNews] = useState('');
  useEffect(() => {
    if (!samples) return;
    const latest = statusNews(known.current, samples);
    known.current = statusesOf(samples);
    if (latest) setNews(latest);
  }, [samples]);
  return news;
}
