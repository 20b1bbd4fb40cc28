import CloseOutlined from '@mui/icons-material/CloseOutlined';
import Autocomplete from '@mui/material/Autocomplete';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import Select from '@mui/material/Select';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { CERTAINTY_NAMES, type Certainty } from '../ui/certainty-names.ts';
import { type CatalogueEntry, type DiagnosisDraft, withDiagnosis } from './diagnosis-draft.ts';

type Chosen = DiagnosisDraft['diagnosis'];

interface DiagnosisPickerProps {
  catalogue: readonly CatalogueEntry[];
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
}

/** Diagnoses from the laboratory's catalogue, each with how certain it is. */
export function DiagnosisPicker({ catalogue, chosen, onChange }: DiagnosisPickerProps) {
  const codes = new Set(chosen.map((entry) => entry.code));
  return (
    <Stack spacing={1}>
      <Autocomplete
        options={catalogue.filter((entry) => !codes.has(entry.code))}
        getOptionLabel={labelOf}
        isOptionEqualToValue={(option, value) => option.code === value.code}
        value={null as CatalogueEntry | null}
        onChange={(_, entry) => entry && onChange(withDiagnosis(chosen, entry))}
        blurOnSelect={false}
        clearOnBlur
        autoHighlight
        noOptionsText="The laboratory's catalogue has no such diagnosis. Choose “Other” and say it in the comment."
        renderInput={(params) => <TextField {...params} label="Add a diagnosis" placeholder="Name or code" />}
      />
      {chosen.map((entry) => (
        <ChosenDiagnosis
          key={entry.code}
          entry={entry}
          onCertainty={(certainty) =>
            onChange(chosen.map((other) => (other.code === entry.code ? { ...other, certainty } : other)))
          }
          onRemove={() => onChange(chosen.filter((other) => other.code !== entry.code))}
        />
      ))}
    </Stack>
  );
}

interface ChosenDiagnosisProps {
  entry: Chosen[number];
  onCertainty: (certainty: Certainty) => void;
  onRemove: () => void;
}

function ChosenDiagnosis({ entry, onCertainty, onRemove }: ChosenDiagnosisProps) {
  return (
    <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
      <Typography variant="body2" sx={{ flex: 1, minWidth: 0 }}>
        {labelOf(entry)}
      </Typography>
      <Select
        value={entry.certainty}
        onChange={(event) => onCertainty(event.target.value as Certainty)}
        inputProps={{ 'aria-label': `Certainty of ${entry.name}` }}
        sx={{ width: 148, flexShrink: 0, '& .MuiSelect-select': { py: 0.5, fontSize: 13 } }}
      >
        {Object.entries(CERTAINTY_NAMES).map(([value, name]) => (
          <MenuItem key={value} value={value}>
            {name}
          </MenuItem>
        ))}
      </Select>
      <IconButton aria-label={`Remove ${entry.name}`} onClick={onRemove}>
        <CloseOutlined />
      </IconButton>
    </Stack>
  );
}

/** Local codes are words of their own; only classified ones are worth showing. */
function labelOf({ code, name }: { code: string; name: string }): string {
  return /\d/.test(code) ? `${name} (${code})` : name;
}
