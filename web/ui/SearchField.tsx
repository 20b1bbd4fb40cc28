import Clear from '@mui/icons-material/Clear';
import Search from '@mui/icons-material/Search';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useEffect, useRef } from 'react';
import { isTypingIn } from './is-typing-in.ts';

interface SearchFieldProps {
  /** Says what is searched; shown inside the empty field. */
  label: string;
  value: string;
  onChange: (text: string) => void;
  onEnter?: () => void;
}

/** A search field that "/" reaches from anywhere on the page, Escape empties and arrow down leaves for the first row. */
export function SearchField({ label, value, onChange, onEnter }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focusOnSlash = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTypingIn(event.target))
        return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', focusOnSlash);
    return () => window.removeEventListener('keydown', focusOnSlash);
  }, []);
  return (
    <TextField
      inputRef={input}
      value={value}
      placeholder={label}
      onChange={({ target }) => onChange(target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onChange('');
        if (event.key === 'Enter') onEnter?.();
        if (event.key === 'ArrowDown') focusFirstRow(event);
      }}
      sx={{ flex: '1 1 260px', maxWidth: 400 }}
      slotProps={{
        htmlInput: {
          type: 'text',
          role: 'searchbox',
          'aria-label': label,
          autoComplete: 'off',
          spellCheck: false,
        },
        input: {
          sx: { height: 32 },
          startAdornment: (
            <InputAdornment position="start">
              <Search aria-hidden />
            </InputAdornment>
          ),
          endAdornment: value && (
            <InputAdornment position="end">
              <IconButton aria-label="Clear the search" edge="end" onClick={() => onChange('')}>
                <Clear />
              </IconButton>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

function focusFirstRow(event: { preventDefault: () => void }): void {
  const row = document.querySelector<HTMLElement>('[data-row-link]');
  if (!row) return;
  event.preventDefault();
  row.focus();
}
