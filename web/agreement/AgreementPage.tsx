import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import { Link as RouterLink, useParams } from 'react-router';
import { ApiError } from '../../contract/client.ts';
import { useLaboratorySettings, useLavages, usePatient } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { lavageTitle } from '../patients/lavages.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useLocale } from '../ui/locale.ts';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { AgreementView } from './AgreementView.tsx';
import { useAgreement } from './agreement-queries.ts';

/** How far the finished readings of one lavage agree, and where they do not. */
export default function AgreementPage() {
  const { patientId = '', lavageId = '' } = useParams();
  const isReader = useUser().role !== 'UPLOADER';
  const agreement = useAgreement(lavageId, isReader);
  const settings = useLaboratorySettings(lavageId);
  const isHidden = [agreement.error, settings.error].some(
    (error) => error instanceof ApiError && [404, 422].includes(error.status),
  );
  if (!isReader || isHidden) return <NotFoundPage />;
  const failed = [agreement, settings].find((query) => query.isError && !query.data);
  return (
    <Page>
      <PageHeader
        title="Agreement between readers"
        subtitle={<LavageLink patientId={patientId} lavageId={lavageId} />}
      />
      {failed ? (
        <ErrorNotice
          title="The readings could not be compared."
          error={failed.error}
          onRetry={() => void failed.refetch()}
        />
      ) : agreement.data && settings.data ? (
        <AgreementView lavageId={lavageId} agreement={agreement.data} cellTypes={settings.data.cellTypes} />
      ) : (
        <Box aria-busy aria-label="Comparing the readings" sx={{ display: 'grid', gap: 2 }}>
          <Skeleton variant="rounded" height={180} />
          <Skeleton variant="rounded" height={320} />
        </Box>
      )}
    </Page>
  );
}

function LavageLink({ patientId, lavageId }: { patientId: string; lavageId: string }) {
  const locale = useLocale();
  const patient = usePatient(patientId);
  const lavage = useLavages(patientId).data?.items.find(({ id }) => id === lavageId);
  if (!patient.data) return <Skeleton width={240} />;
  const title = lavage ? `${patient.data.name}, ${lavageTitle(lavage, locale)}` : patient.data.name;
  return (
    <Link
      component={RouterLink}
      to={`/patients/${patientId}`}
      sx={{ display: 'block', width: 'fit-content', maxWidth: '100%' }}
    >
      <Truncated text={title} />
    </Link>
  );
}
