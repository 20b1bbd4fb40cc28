import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ParameterValues } from '../detection/detection-messages.ts';
import { ParameterRow } from '../detection/ParameterRow.tsx';
import { defaultValues, groupParameters, type Parameter } from '../detection/parameter-values.ts';
import { chosenParameters } from './chosen-parameters.ts';

interface ParameterFieldsProps {
  /** As the server describes them. */
  described: readonly Parameter[];
  engine: string;
  /** What holds where nothing is chosen, over the engine's own defaults. */
  base: ParameterValues;
  /** Those that differ. */
  parameters: ParameterValues;
  onChange: (parameters: ParameterValues) => void;
}

/** The parameters of an engine, each with its unit and range, what it is for, and the way back to its default. */
export function ParameterFields({ described, engine, base, parameters, onChange }: ParameterFieldsProps) {
  const usual = defaultValues(described, base, parameters, engine);
  const values = { ...usual, ...parameters };
  return (
    <Box
      sx={{
        display: 'grid',
        columnGap: 4,
        rowGap: 2,
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' },
      }}
    >
      {groupParameters(described, values, engine).map((group) => (
        <Box component="section" key={group.title} aria-label={group.title}>
          <Typography variant="h3" sx={{ mb: 0.5 }}>
            {group.title}
          </Typography>
          {group.parameters.map((parameter) => (
            <Box key={parameter.name} sx={{ pb: 1 }}>
              <ParameterRow
                parameter={parameter}
                value={values[parameter.name]}
                usual={usual[parameter.name]}
                automatic={null}
                disabled={false}
                onChange={(name, value) =>
                  onChange(chosenParameters(described, { engine, base, parameters }, name, value))
                }
              />
              <Typography variant="caption" color="textSecondary" component="p">
                {parameter.description}
                {parameter.min !== null && ` From ${parameter.min} to ${parameter.max}.`}
              </Typography>
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}
