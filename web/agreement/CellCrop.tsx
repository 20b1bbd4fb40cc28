import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { Box as CellBox } from '../../core/differential/edges.ts';
import { sampleQuery } from '../api/queries.ts';
import { useServices } from '../api/services.ts';
import { cropAround } from '../ui/cell-place.ts';

const SIDE_PX = 96;
/** Signed addresses hold for minutes only; one that fails earlier fails for another reason. */
const ADDRESS_MAY_END_MS = 2 * 60_000;

/** The cell as it looks, cut from its image. A large image is not loaded for it: there its tiles show it. */
export function CellCrop({ sampleId, box }: { sampleId: string; box: CellBox }) {
  const { call } = useServices();
  const { data: sample, dataUpdatedAt, refetch } = useQuery(sampleQuery(call, sampleId));
  const crop = cropAround(box);
  const scale = SIDE_PX / crop.side;
  const isShown = sample?.imageUrl && sample.tiles === null;
  return (
    <Box
      aria-hidden
      sx={{
        position: 'relative',
        width: SIDE_PX,
        height: SIDE_PX,
        flexShrink: 0,
        overflow: 'hidden',
        borderRadius: '4px',
        bgcolor: '#eceff1',
      }}
    >
      {isShown && (
        <>
          <img
            src={sample.imageUrl ?? undefined}
            alt=""
            onError={() => {
              if (Date.now() - dataUpdatedAt > ADDRESS_MAY_END_MS) void refetch();
            }}
            style={{
              position: 'absolute',
              left: -crop.x * scale,
              top: -crop.y * scale,
              width: sample.width * scale,
              height: sample.height * scale,
              maxWidth: 'none',
            }}
          />
          <Box
            sx={{
              position: 'absolute',
              left: (box.x - crop.x) * scale,
              top: (box.y - crop.y) * scale,
              width: box.width * scale,
              height: box.height * scale,
              border: '1.5px solid #ffffff',
              outline: '1px solid rgba(0, 0, 0, 0.55)',
              borderRadius: '2px',
            }}
          />
        </>
      )}
    </Box>
  );
}
