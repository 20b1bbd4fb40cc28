import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Link from '@mui/material/Link';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { useServices } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { placeServerErrors } from '../ui/server-errors.ts';
import { PasswordField } from './PasswordField.tsx';
import { PasswordRules } from './PasswordRules.tsx';
import { passwordRules } from './password-rules.ts';
import { drawRecaptchaToken, loadRecaptcha } from './recaptcha.ts';

interface Registration {
  name: string;
  email: string;
  password: string;
  role: 'UPLOADER' | 'ANNOTATOR';
  hospital: string;
  location: string;
}

const EMPTY: Registration = {
  name: '',
  email: '',
  password: '',
  role: 'UPLOADER',
  hospital: '',
  location: '',
};

const ROLES = [
  { value: 'UPLOADER', label: 'Pulmonologist: I upload samples' },
  { value: 'ANNOTATOR', label: 'Pathologist: I read samples' },
];

interface RegisterFormProps {
  needsApproval: boolean;
  /** Null where no captcha is asked for. */
  recaptchaSiteKey: string | null;
  onReceived: () => void;
}

export function RegisterForm({ needsApproval, recaptchaSiteKey, onReceived }: RegisterFormProps) {
  const { call } = useServices();
  const navigate = useNavigate();
  const rulesId = useId();
  const form = useForm<Registration>({ defaultValues: EMPTY });
  const password = useWatch({ control: form.control, name: 'password' });
  const [failure, setFailure] = useState<unknown>();
  const { errors } = form.formState;
  useEffect(() => {
    if (recaptchaSiteKey) loadRecaptcha(recaptchaSiteKey);
  }, [recaptchaSiteKey]);
  const register = useMutation({
    mutationFn: async (registration: Registration) => {
      const recaptchaToken = recaptchaSiteKey ? await drawRecaptchaToken(recaptchaSiteKey) : undefined;
      return call('register', { body: { ...registration, recaptchaToken } });
    },
    onSuccess: (answer) =>
      answer.status === 'received' ? onReceived() : navigate('/sign-in', { state: { registered: true } }),
    onError: (error) => setFailure(placeServerErrors(form, error)),
  });
  const field = (name: 'name' | 'email' | 'hospital' | 'location', missing: string) => ({
    ...form.register(name, { required: missing }),
    error: errors[name] !== undefined,
    helperText: errors[name]?.message,
  });
  return (
    <Box
      component="form"
      noValidate
      aria-label="Registration"
      onSubmit={form.handleSubmit((registration) => {
        setFailure(undefined);
        register.mutate(registration);
      })}
      sx={{ display: 'grid', gap: 2 }}
    >
      {failure !== undefined && <ErrorNotice error={failure} />}
      <TextField label="Full name" autoComplete="name" autoFocus {...field('name', 'Give your name.')} />
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        {...field('email', 'Give your email address.')}
      />
      <PasswordField
        label="Password"
        autoComplete="new-password"
        error={errors.password !== undefined}
        helperText={errors.password?.message}
        slotProps={{ htmlInput: { 'aria-describedby': rulesId } }}
        {...form.register('password', {
          validate: (value) => passwordRules(value).every(({ isMet }) => isMet),
        })}
      />
      <PasswordRules password={password} id={rulesId} />
      <Controller
        control={form.control}
        name="role"
        render={({ field: role }) => (
          <FormControl>
            <FormLabel id={`${rulesId}-role`} sx={{ fontSize: 12 }}>
              Role
            </FormLabel>
            <RadioGroup {...role} aria-labelledby={`${rulesId}-role`}>
              {ROLES.map(({ value, label }) => (
                <FormControlLabel key={value} value={value} label={label} control={<Radio size="small" />} />
              ))}
            </RadioGroup>
          </FormControl>
        )}
      />
      <TextField
        label="Hospital"
        autoComplete="organization"
        {...field('hospital', 'Give the name of your hospital.')}
      />
      <TextField
        label="Location"
        placeholder="City, country"
        autoComplete="address-level2"
        {...field('location', 'Give the place of your hospital.')}
      />
      {recaptchaSiteKey && (
        <Typography variant="caption" color="textSecondary">
          Protected by reCAPTCHA: Google&apos;s{' '}
          <Link href="https://policies.google.com/privacy">privacy policy</Link> and{' '}
          <Link href="https://policies.google.com/terms">terms</Link> apply.
        </Typography>
      )}
      <Button type="submit" variant="contained" size="large" loading={register.isPending}>
        {needsApproval ? 'Ask for an account' : 'Register'}
      </Button>
    </Box>
  );
}
