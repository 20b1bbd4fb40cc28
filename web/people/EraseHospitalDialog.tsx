import Typography from '@mui/material/Typography';
import type { Hospital } from '../api/queries.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useDeleteHospital } from './people-queries.ts';

interface EraseHospitalDialogProps {
  hospital: Hospital;
  onClose: () => void;
}

export function EraseHospitalDialog({ hospital, onClose }: EraseHospitalDialogProps) {
  const remove = useDeleteHospital();
  return (
    <FormDialog
      title={`Erase ${hospital.name}`}
      submitLabel="Erase"
      isDestructive
      isSaving={remove.isPending}
      failure={remove.error ?? undefined}
      onSubmit={(event) => {
        event.preventDefault();
        const request = { params: { id: hospital.id }, ifMatch: hospital.version };
        remove.mutate(request, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      <Typography sx={{ gridColumn: '1 / -1' }}>
        For a hospital that was made by mistake: it is gone for good. One that users or patients belong to is
        not erased.
      </Typography>
    </FormDialog>
  );
}
