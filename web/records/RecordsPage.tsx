import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useSearchParams } from 'react-router';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { AnnotationRecords } from './AnnotationRecords.tsx';
import { DiagnosisRecords } from './DiagnosisRecords.tsx';
import { PatientRecords } from './PatientRecords.tsx';
import { SampleRecords } from './SampleRecords.tsx';

const TABS = [
  { name: 'patients', label: 'Patients', Content: PatientRecords },
  { name: 'samples', label: 'Samples', Content: SampleRecords },
  { name: 'annotations', label: 'Annotations', Content: AnnotationRecords },
  { name: 'diagnoses', label: 'Diagnoses', Content: DiagnosisRecords },
] as const;

/** The records of all hospitals, for administrators. */
export default function RecordsPage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <AllRecords /> : <NotFoundPage />;
}

function AllRecords() {
  const [params, setParams] = useSearchParams();
  const shown = TABS.find(({ name }) => name === params.get('tab')) ?? TABS[0];
  return (
    <Page maxWidth={1600}>
      <PageHeader
        title="Records"
        subtitle="Patients, images, annotated cells and diagnoses of all hospitals. Whatever you look up, change or remove is recorded."
      />
      <Tabs
        value={shown.name}
        onChange={(_, name: string) => setParams(name === TABS[0].name ? {} : { tab: name })}
        aria-label="Kind of records"
        sx={{
          mb: 2,
          borderBottom: 1,
          borderColor: 'divider',
          minHeight: 40,
          '& .MuiTab-root': { minHeight: 40 },
        }}
      >
        {TABS.map(({ name, label }) => (
          <Tab key={name} value={name} label={label} id={`tab-${name}`} aria-controls="records" />
        ))}
      </Tabs>
      <section key={shown.name} id="records" role="tabpanel" aria-labelledby={`tab-${shown.name}`}>
        <shown.Content />
      </section>
    </Page>
  );
}
