export * from './client-keepalive';
export * from './server-keepalive';
export * from './ssh-client-config';
export * from './ssh-client-config-stack';
export * from './ssh-host';
