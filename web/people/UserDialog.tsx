import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import { ALL_ROLES } from '../../contract/route.ts';
import type { Hospital } from '../api/queries.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { type AdministeredUser, useApproveUser, useCreateUser, useUpdateUser } from './people-queries.ts';
import {
  changesOf,
  EMPTY_USER,
  toApprovalForm,
  toUserForm,
  type UserForm,
  workplaceOf,
} from './user-form.ts';
import { WorkplaceFields } from './WorkplaceFields.tsx';

interface DialogProps {
  hospitals: readonly Hospital[];
  onClose: () => void;
}

interface NewUserDialogProps extends DialogProps {
  onCreated: (user: AdministeredUser, oneTimePassword: string) => void;
}

export function NewUserDialog({ hospitals, onClose, onCreated }: NewUserDialogProps) {
  const form = useForm<UserForm>({ defaultValues: EMPTY_USER });
  const create = useCreateUser();
  const { failure, isSaving, save } = useSave(form, undefined, async (values) => {
    const { name, email, role } = values;
    const created = await create.mutateAsync({ body: { name, email, role, ...workplaceOf(values) } });
    onCreated(created.user, created.oneTimePassword);
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title="New user"
      submitLabel="Create user"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <TextField
        label="Full name"
        autoFocus
        autoComplete="off"
        error={errors.name !== undefined}
        helperText={errors.name?.message}
        {...form.register('name', { required: 'Give their name.' })}
      />
      <TextField
        label="Email"
        type="email"
        autoComplete="off"
        error={errors.email !== undefined}
        helperText={errors.email?.message}
        {...form.register('email', { required: 'Give their email address.' })}
      />
      <WorkplaceFields form={form} hospitals={hospitals} roles={ALL_ROLES} />
      <Typography variant="body2" color="textSecondary" sx={{ gridColumn: '1 / -1' }}>
        You then see a first password for them, once.
      </Typography>
    </FormDialog>
  );
}

interface UserDialogProps extends DialogProps {
  user: AdministeredUser;
}

export function EditUserDialog({ user, hospitals, onClose }: UserDialogProps) {
  const form = useForm<UserForm>({ defaultValues: toUserForm(user) });
  const update = useUpdateUser();
  const { failure, isSaving, save } = useSave(form, user.version, async (values, ifMatch) => {
    const body = changesOf(user, values);
    if (Object.keys(body).length > 0) await update.mutateAsync({ params: { id: user.id }, body, ifMatch });
    onClose();
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title={`Edit ${user.name}`}
      submitLabel="Save"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Box sx={{ gridColumn: '1 / -1' }}>
        <TextField
          label="Full name"
          autoFocus
          autoComplete="off"
          error={errors.name !== undefined}
          helperText={errors.name?.message}
          {...form.register('name', { required: 'Give their name.' })}
        />
      </Box>
      <WorkplaceFields form={form} hospitals={hospitals} roles={ALL_ROLES} />
      <Typography variant="body2" color="textSecondary" sx={{ gridColumn: '1 / -1' }}>
        Another role, hospital or laboratory takes hold at once and signs them out.
      </Typography>
    </FormDialog>
  );
}

export function ApproveDialog({ user, hospitals, onClose }: UserDialogProps) {
  const form = useForm<UserForm>({ defaultValues: toApprovalForm(user, hospitals) });
  const approve = useApproveUser();
  const { failure, isSaving, save } = useSave(form, user.version, async (values, ifMatch) => {
    const role = values.role === 'ANNOTATOR' ? 'ANNOTATOR' : 'UPLOADER';
    await approve.mutateAsync({ params: { id: user.id }, body: { role, ...workplaceOf(values) }, ifMatch });
    onClose();
  });
  return (
    <FormDialog
      title={`Approve ${user.name}`}
      submitLabel="Approve"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Typography variant="body2" color="textSecondary" sx={{ gridColumn: '1 / -1' }}>
        {user.email} may then sign in with the password chosen at registration. Make sure that you know who
        this is.
      </Typography>
      <WorkplaceFields form={form} hospitals={hospitals} roles={['UPLOADER', 'ANNOTATOR']} />
    </FormDialog>
  );
}
