import { storeContract } from '../contracts/store-contract.ts';
import { MemoryStore } from '../support/memory-store.ts';

storeContract('in memory', () => {
  const store = new MemoryStore();
  return Promise.resolve({ tasks: store, workers: store });
});
