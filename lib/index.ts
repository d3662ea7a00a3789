export * from './client-keepalive';
export * from './compliance-severity';
export * from './ensure';
export * from './server-keepalive';
export * from './ssh-keepalive';
export * from './ssh-keepalive-permissions';
export * from './ssh-keepalive-target';
