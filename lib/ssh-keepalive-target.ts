// What an SshKeepalive applies to. Knows nothing about how it gets there.
import type { Instance } from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib';
import { ServerKeepalive } from './server-keepalive';

/** What a new instance is given at its first boot. */
export interface FirstBootOptions {
  /**
   * The constants that stand in the user data.
   *
   * They are not those of the construct's `server` on purpose: when user data changes, CloudFormation stops and starts
   * the instance, and the script would not even run again. Leave them alone once the instance is deployed.
   *
   * @default ServerKeepalive.DEFAULT
   */
  readonly firstBoot?: ServerKeepalive;
}

/** What an `SshKeepalive` applies to. */
export class SshKeepaliveTarget {
  /**
   * An instance that this deployment creates: the association reaches it, and user data sets it up at its first boot.
   *
   * On an instance that is deployed already, the new user data makes CloudFormation stop and start it, or replace it if
   * `userDataCausesReplacement` is set. Use `existingInstance` for those.
   *
   * @throws when the instance runs Windows, or its user data is not a shell script, or `firstBoot` is a token
   */
  public static newInstance(instance: Instance, options: FirstBootOptions = {}): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ instance, firstBoot: options.firstBoot ?? ServerKeepalive.DEFAULT });
  }

  /**
   * An instance that may be deployed already: the association reaches it by a tag, which is added without an interruption.
   *
   * @throws when the instance runs Windows
   */
  public static existingInstance(instance: Instance): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ instance });
  }

  /**
   * All instances of the account and region with this tag, whatever made them, now and later.
   *
   * An association whose tag is on no instance deploys without an error and does nothing.
   *
   * @param key the tag's key
   * @param values the tag's values, of which an instance has one
   * @throws when the key or a value is empty or too long, the key is a token, or there is no value
   */
  public static tag(key: string, ...values: string[]): SshKeepaliveTarget {
    if (Token.isUnresolved(key)) {
      throw new Error('SshKeepaliveTarget.tag: the key must be known at synthesis, got: a token');
    }
    checkLength('key', key, 128);
    if (values.length === 0) {
      throw new Error(`SshKeepaliveTarget.tag('${key}'): at least one value must be given, got: none`);
    }
    for (const value of values) checkLength(`value of ${key}`, value, 256);
    return new SshKeepaliveTarget({ key: `tag:${key}`, values });
  }

  /**
   * Instances by their ids, `i-...` or, for machines outside of EC2, `mi-...`.
   *
   * @throws when there is none, or one is no instance id
   */
  public static instanceIds(...ids: string[]): SshKeepaliveTarget {
    if (ids.length === 0) {
      throw new Error('SshKeepaliveTarget.instanceIds: at least one instance id must be given, got: none');
    }
    for (const id of ids) {
      if (!Token.isUnresolved(id) && !/^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/.test(id)) {
        throw new Error(
          `SshKeepaliveTarget.instanceIds: an id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: '${id}'`,
        );
      }
    }
    return new SshKeepaliveTarget({ key: 'InstanceIds', values: ids });
  }

  /** @internal */
  public readonly _reach: InstanceReach | AssociationReach;

  private constructor(reach: InstanceReach | AssociationReach) {
    this._reach = reach;
  }
}

/** An instance of the app, reached by our tag. */
interface InstanceReach {
  readonly instance: Instance;
  /** Present for new instances only. */
  readonly firstBoot?: ServerKeepalive;
}

/** Instances that the app need not know, reached by what State Manager knows about them. */
interface AssociationReach {
  readonly key: string;
  readonly values: string[];
}

function checkLength(what: string, text: string, max: number): void {
  if (Token.isUnresolved(text) || (text.length > 0 && text.length <= max)) return;
  throw new Error(`SshKeepaliveTarget.tag: the ${what} must have 1 to ${max} characters, got: ${text.length}`);
}
