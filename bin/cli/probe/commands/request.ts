// The requests of `cdk-ssh-keepalive probe`.

/** Where the far end is: an sshd, or a listener of `probe --listen`. */
export type Target =
  | { readonly kind: 'ssh'; readonly host: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** A measurement. */
export interface ProbeRequest {
  readonly target: Target;
  /** The longest silence in seconds: `--max`. */
  readonly max: number;
  /** In seconds: `--reply-timeout`. */
  readonly replyTimeout: number;
  /** Where the picture is written: `--svg`. */
  readonly svg: string | undefined;
  readonly json: boolean;
  /** Instead of `~/.ssh/config`: `--config`. */
  readonly config: string | undefined;
}

/** The far side. */
export interface ListenRequest {
  readonly port: number;
  /** After how many seconds it ends: `--for`. */
  readonly seconds: number;
  readonly maxConnections: number;
}
