/** The parts of the client that we use; see secrets-manager.ts. */
export { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
