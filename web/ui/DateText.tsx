import { formatDateTime, formatDay, formatRelative } from './format.ts';
import { useLocale } from './locale.ts';

interface DateTextProps {
  value: string | null;
  /** Leaves the time of day out. */
  dayOnly?: boolean;
}

/** A moment in the laboratory's locale; how long ago it was shows in the tooltip. */
export function DateText({ value, dayOnly = false }: DateTextProps) {
  const locale = useLocale();
  if (value === null) return <>–</>;
  return (
    <time dateTime={value} title={formatRelative(value, locale)} style={{ whiteSpace: 'nowrap' }}>
      {dayOnly ? formatDay(value, locale) : formatDateTime(value, locale)}
    </time>
  );
}
