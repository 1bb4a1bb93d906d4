import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { cutText } from '../cut-text.ts';
import { withRequestId } from '../logger.ts';
import type { Log } from '../log.ts';
import type { ApiHandler } from './api-handler.ts';
import { decodedName } from './request/task-name-parameter.ts';

/**
 * What the API can be asked to do to a task, or at a database (`list-source`). Reading what it has stored is not among
 * it.
 */
export type AuditedCommand =
  'list-source' | 'create' | 'edit' | 'pause' | 'resume' | 'restart' | 'drop' | 'verify' | 'resync';

const LONGEST_NAME = 256;

/**
 * Writes one line for every command that reaches its function, once its outcome is known: who asked for what, of which
 * task, and what came of it. Nothing of a request's body but the task's name is in it.
 */
export const audited =
  (log: Log, command: AuditedCommand, handler: ApiHandler): ApiHandler =>
  (event, context) =>
    withRequestId(event.requestContext.requestId, async () => {
      const asked = { command, principal: principalOf(event), task: taskOf(event) };
      try {
        const answer = await handler(event, context);
        log('info', 'audit', { ...asked, ...outcomeOf(answer) });
        return answer;
      } catch (error) {
        log('error', 'audit', { ...asked, outcome: 'failed', status: 500, code: 'INTERNAL' });
        throw error;
      }
    });

function outcomeOf({ statusCode: status = 200, body }: APIGatewayProxyStructuredResultV2) {
  if (status < 400) return { outcome: 'accepted', status };
  return { outcome: status < 500 ? 'refused' : 'failed', status, code: problem.safeParse(jsonOf(body)).data?.code };
}

const problem = z.object({ code: z.string() });
const named = z.object({ taskName: z.string() });

/** What API Gateway says of a caller whose signature or token it has checked. */
const context = z.object({
  authorizer: z
    .object({
      iam: z.object({ userArn: z.string().nullish(), callerId: z.string().nullish() }).optional(),
      jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).optional(),
    })
    .optional(),
});

/** The ARN of an IAM principal, or the subject of a token and its issuer. */
function principalOf({ requestContext }: APIGatewayProxyEventV2): string {
  const { iam, jwt } = context.safeParse(requestContext).data?.authorizer ?? {};
  if (iam !== undefined) return iam.userArn ?? iam.callerId ?? 'unknown';
  if (jwt === undefined) return 'anonymous';
  const { sub, client_id: client, iss } = jwt.claims;
  // A program's own token may have no subject, and names the program instead.
  const who = typeof sub === 'string' ? sub : typeof client === 'string' ? client : 'unknown';
  return typeof iss === 'string' ? `${who} of ${iss}` : who;
}

/** The task that the path names, or that the body declares, as far as the body can be read. */
function taskOf(event: APIGatewayProxyEventV2): string | undefined {
  const { body, isBase64Encoded } = event;
  const inPath = decodedName(event);
  if (inPath !== undefined) return cutText(inPath, LONGEST_NAME);
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : body;
  const declared = named.safeParse(jsonOf(text)).data?.taskName;
  return declared === undefined ? undefined : cutText(declared, LONGEST_NAME);
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
