export * from './client-keepalive';
export * from './server-keepalive';
