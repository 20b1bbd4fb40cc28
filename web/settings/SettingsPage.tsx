import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useSearchParams } from 'react-router';
import { useLaboratories } from '../api/laboratories.ts';
import { useHospitals } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { SettingsEditor } from './SettingsEditor.tsx';
import { LABORATORY } from './sections.ts';
import { useSettingsToEdit } from './settings-queries.ts';

/** Everything that a laboratory sets. */
export default function SettingsPage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <LaboratorySettings /> : <NotFoundPage />;
}

function LaboratorySettings() {
  const [params] = useSearchParams();
  const settings = useSettingsToEdit(params.get(LABORATORY) ?? undefined);
  const { data } = settings;
  return (
    <Page>
      <PageHeader
        title="Settings"
        subtitle="What the laboratory counts, holds normal and concludes. A save makes a new version: new readings use it, readings that were begun keep theirs."
        actions={data && <LaboratoryChoice chosen={data.laboratory} />}
      />
      {settings.isError && !data && (
        <ErrorNotice
          title="The settings could not be loaded."
          error={settings.error}
          onRetry={() => void settings.refetch()}
        />
      )}
      {settings.isPending && (
        <Box aria-busy aria-label="Loading the settings" sx={{ display: 'grid', gap: 2 }}>
          <Skeleton variant="rounded" height={48} />
          <Skeleton variant="rounded" height={320} />
        </Box>
      )}
      {data && <SettingsEditor key={data.laboratory.id} loaded={data} />}
    </Page>
  );
}

/** Whose settings are shown, where there are several laboratories. */
function LaboratoryChoice({ chosen }: { chosen: { id: string; name: string } }) {
  const hospitals = useHospitals();
  const known = useLaboratories(hospitals.data ?? []);
  const [params, setParams] = useSearchParams();
  const laboratories = known.some(({ id }) => id === chosen.id) ? known : [chosen, ...known];
  if (laboratories.length < 2) return null;
  return (
    <SelectField
      label="Laboratory"
      value={chosen.id}
      options={laboratories.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={({ target }) => {
        const next = new URLSearchParams(params);
        next.set(LABORATORY, target.value);
        setParams(next);
      }}
      sx={{ width: 280 }}
    />
  );
}
