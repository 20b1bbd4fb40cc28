import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { QRCodeSVG } from 'qrcode.react';

/** The secret as a picture to scan, and as letters to type. */
export function AuthenticatorQr({ secret, uri }: { secret: string; uri: string }) {
  return (
    <Box sx={{ gridColumn: '1 / -1', display: 'grid', gap: 1.5, justifyItems: 'start' }}>
      <Typography>Scan this with an authenticator application on your telephone.</Typography>
      {/* White around it in dark mode too, or cameras do not find it. */}
      <Box
        sx={{
          p: 1.5,
          bgcolor: 'common.white',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          lineHeight: 0,
        }}
      >
        <QRCodeSVG value={uri} size={176} title="QR code of the authenticator's secret" />
      </Box>
      <Typography variant="caption" color="textSecondary">
        Or type this key there:{' '}
        <Box
          component="span"
          sx={{ fontFamily: 'ui-monospace, monospace', userSelect: 'all', overflowWrap: 'anywhere' }}
        >
          {secret.match(/.{1,4}/g)?.join(' ')}
        </Box>
      </Typography>
    </Box>
  );
}
