import './api/zod-without-eval.ts';
import '@fontsource-variable/inter/index.css';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { ApiError } from '../contract/client.ts';
import { watchAttention } from './api/attention.ts';
import { createBrowserClient } from './api/client.ts';
import { messageOf } from './api/error-message.ts';
import { createLiveCache } from './api/live-cache.ts';
import { createLiveConnection } from './api/live-events.ts';
import { queryKeys } from './api/query-keys.ts';
import { type Services, ServicesContext } from './api/services.ts';
import { createSession } from './api/session.ts';
import { routes } from './routes.tsx';
import { theme } from './ui/theme.ts';
import { createSendFile } from './uploads/send-file.ts';
import { createUploadQueue } from './uploads/upload-queue.ts';
import { UploadQueueContext } from './uploads/use-uploads.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The browser's word that it is offline means nothing for a server on this machine or in this house.
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
});
const session = createSession();
const services: Services = {
  session,
  call: createBrowserClient(session, watchAttention(window)),
  live: createLiveConnection(createLiveCache(queryClient)),
};
const uploadQueue = createUploadQueue({
  send: createSendFile(session, services.call),
  describeFailure: (error) => messageOf(error).text,
  onStored: ({ target }) => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.unfinishedUploads });
    void queryClient.invalidateQueries({ queryKey: queryKeys.samplesOf(target.patientId) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.lavagesOf(target.patientId) });
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ServicesContext value={services}>
      <UploadQueueContext value={uploadQueue}>
        <QueryClientProvider client={queryClient}>
          <ThemeProvider theme={theme}>
            <CssBaseline />
            <RouterProvider router={createBrowserRouter(routes)} />
          </ThemeProvider>
        </QueryClientProvider>
      </UploadQueueContext>
    </ServicesContext>
  </StrictMode>,
);
