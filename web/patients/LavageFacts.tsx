import Box from '@mui/material/Box';
import type { Lavage } from '../api/queries.ts';
import { formatDateTime } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';

/** What was measured and asked; what is not known is left out. */
export function LavageFacts({ lavage }: { lavage: Lavage }) {
  const locale = useLocale();
  const facts = factsOf(lavage, locale);
  if (facts.length === 0) return null;
  return (
    <Box
      component="dl"
      sx={{ m: 0, px: 2, pb: 1.5, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 0.75 }}
    >
      {facts.map(([name, value]) => (
        <Box key={name} sx={{ maxWidth: '100%' }}>
          <Box component="dt" sx={{ fontSize: 12, lineHeight: '16px', color: 'text.secondary' }}>
            {name}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

function factsOf(lavage: Lavage, locale: string): [name: string, value: string][] {
  const number = (value: number) =>
    new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 }).format(value);
  const { instilledMl, recoveredMl, request } = lavage;
  const facts: [string, string | null | false | undefined][] = [
    ['Collected', lavage.collectedAt && formatDateTime(lavage.collectedAt, locale)],
    ['Received', lavage.receivedAt && formatDateTime(lavage.receivedAt, locale)],
    ['Site', lavage.site],
    ['Instilled', instilledMl !== null && `${number(instilledMl)} ml`],
    [
      'Recovered',
      recoveredMl !== null &&
        `${number(recoveredMl)} ml${instilledMl ? ` (${Math.round((100 * recoveredMl) / instilledMl)} %)` : ''}`,
    ],
    ['Cells', lavage.cellsPerMl !== null && `${number(lavage.cellsPerMl)} per ml`],
    ['Viability', lavage.viabilityPercent !== null && `${number(lavage.viabilityPercent)} %`],
    ['CD4/CD8', lavage.cd4Cd8 !== null && number(lavage.cd4Cd8)],
    ['Smoking', lavage.smokingStatus !== 'unknown' && lavage.smokingStatus],
    ['Requested by', request.requester],
    ['Question', request.question],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
