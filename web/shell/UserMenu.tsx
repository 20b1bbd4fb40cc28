import AccountCircle from '@mui/icons-material/AccountCircleOutlined';
import ExpandMore from '@mui/icons-material/ExpandMore';
import Logout from '@mui/icons-material/Logout';
import ManageAccounts from '@mui/icons-material/ManageAccountsOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import type { User } from '../api/session.ts';
import { ROLE_NAMES } from '../ui/role-names.ts';
import { Truncated } from '../ui/Truncated.tsx';
import { useSignOut } from './use-sign-out.ts';

export function UserMenu({ user }: { user: User }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const signOut = useSignOut();
  const place = user.hospital?.name ?? user.laboratory?.name;
  return (
    <>
      <Button
        color="inherit"
        aria-label={`Account of ${user.name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        startIcon={<AccountCircle />}
        endIcon={<ExpandMore />}
        sx={{ maxWidth: 240, color: 'text.secondary', minWidth: 0 }}
      >
        <Box component="span" sx={{ display: { xs: 'none', md: 'block' }, minWidth: 0 }}>
          <Truncated text={user.name} />
        </Box>
      </Button>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      >
        <Box component="li" role="none" sx={{ px: 2, py: 1, width: 260 }}>
          <Typography variant="h3" component="div">
            <Truncated text={user.name} />
          </Typography>
          <Typography variant="caption" component="div" color="textSecondary">
            <Truncated text={user.email} />
            {ROLE_NAMES[user.role]}
            {place && <Truncated text={place} />}
          </Typography>
        </Box>
        <Divider component="li" />
        <MenuItem component={RouterLink} to="/account" onClick={() => setAnchor(null)}>
          <ListItemIcon>
            <ManageAccounts />
          </ListItemIcon>
          Your account
        </MenuItem>
        <MenuItem onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          <ListItemIcon>
            <Logout />
          </ListItemIcon>
          Sign out
        </MenuItem>
      </Menu>
    </>
  );
}
