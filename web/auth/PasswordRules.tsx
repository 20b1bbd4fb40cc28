import Check from '@mui/icons-material/Check';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import Box from '@mui/material/Box';
import { passwordRules } from './password-rules.ts';

/** The rules with a tick at each that is met. */
export function PasswordRules({ password, id }: { password: string; id: string }) {
  return (
    <Box component="ul" id={id} sx={{ m: 0, mt: -1, p: 0, listStyle: 'none', fontSize: 12 }}>
      {passwordRules(password).map(({ text, isMet }) => {
        const isDone = isMet && password.length > 0;
        return (
          <Box
            component="li"
            key={text}
            sx={{
              display: 'flex',
              alignItems: 'center',
              gap: 0.75,
              color: isDone
                ? 'success.main'
                : isMet
                  ? 'text.secondary'
                  : password
                    ? 'error.main'
                    : 'text.secondary',
            }}
          >
            {isDone ? <Check sx={{ fontSize: 14 }} /> : <RadioButtonUnchecked sx={{ fontSize: 14 }} />}
            {text}
          </Box>
        );
      })}
    </Box>
  );
}
