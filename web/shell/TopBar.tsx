import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { NavLink, Link as RouterLink } from 'react-router';
import type { User } from '../api/session.ts';
import { destinationsOf } from './navigation.ts';
import { UploadIndicator } from './UploadIndicator.tsx';
import { UserMenu } from './UserMenu.tsx';
import { Wordmark } from './Wordmark.tsx';

/** Height of the top bar; pages that fill the window subtract it. */
export const TOP_BAR_HEIGHT_PX = 48;

export function TopBar({ user }: { user: User }) {
  return (
    <Box
      component="header"
      sx={{
        position: 'sticky',
        top: 0,
        zIndex: 'appBar',
        display: 'flex',
        alignItems: 'center',
        gap: { xs: 1, md: 3 },
        height: TOP_BAR_HEIGHT_PX,
        px: { xs: 2, sm: 3 },
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Link
        component={RouterLink}
        to="/"
        aria-label="BALscope, first page"
        underline="none"
        sx={{ display: 'flex' }}
      >
        <Wordmark />
      </Link>
      <Box
        component="nav"
        aria-label="Main"
        sx={{ display: 'flex', alignSelf: 'stretch', flex: 1, minWidth: 0, overflowX: 'auto', gap: 0.5 }}
      >
        {destinationsOf(user.role).map(({ to, label }) => (
          <Box
            key={to}
            component={NavLink}
            to={to}
            end={to === '/'}
            sx={{
              display: 'flex',
              alignItems: 'center',
              px: { xs: 0.75, md: 1.25 },
              color: 'text.secondary',
              fontWeight: 550,
              textDecoration: 'none',
              whiteSpace: 'nowrap',
              borderBottom: '2px solid transparent',
              borderTop: '2px solid transparent',
              '&:hover': { color: 'text.primary' },
              '&.active': { color: 'text.primary', borderBottomColor: 'primary.main' },
              '&:focus-visible': { outlineOffset: -3 },
            }}
          >
            {label}
          </Box>
        ))}
      </Box>
      <UploadIndicator />
      <UserMenu user={user} />
    </Box>
  );
}
