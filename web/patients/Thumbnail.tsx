import BrokenImage from '@mui/icons-material/BrokenImageOutlined';
import Image from '@mui/icons-material/ImageOutlined';
import Box from '@mui/material/Box';
import { useQueryClient } from '@tanstack/react-query';
import type { SampleRow } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';

const ASPECT = '4 / 3';

/** The small picture of an image, or a quiet place for it until there is one. */
export function Thumbnail({ sample }: { sample: SampleRow }) {
  const queryClient = useQueryClient();
  const { thumbnailUrl, inferenceStatus, patient } = sample;
  if (thumbnailUrl) {
    return (
      <Box
        component="img"
        src={thumbnailUrl}
        alt=""
        loading="lazy"
        // Its address is good for minutes only: ask for a new one.
        onError={() => void queryClient.invalidateQueries({ queryKey: queryKeys.samplesOf(patient.id) })}
        sx={{ display: 'block', width: '100%', aspectRatio: ASPECT, objectFit: 'cover', bgcolor: '#eceff1' }}
      />
    );
  }
  const isUnderWay = inferenceStatus === 'pending' || inferenceStatus === 'processing';
  return (
    <Box
      aria-hidden
      sx={{
        display: 'grid',
        placeItems: 'center',
        aspectRatio: ASPECT,
        bgcolor: '#eceff1',
        color: '#9aa6ac',
        ...(isUnderWay && {
          animation: 'thumbnail-breath 2.4s ease-in-out infinite',
          '@keyframes thumbnail-breath': { '50%': { backgroundColor: '#f6f8f9' } },
        }),
      }}
    >
      {isUnderWay ? <Image sx={{ fontSize: 28 }} /> : <BrokenImage sx={{ fontSize: 28 }} />}
    </Box>
  );
}
