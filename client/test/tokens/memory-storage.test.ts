import { createMemoryTokenStorage } from '../../src/tokens/index.ts'
import { storageContract } from './storage-contract.ts'

storageContract(
  'the memory storage',
  async () => ({ open: createMemoryTokenStorage, close: async () => undefined }),
  { shares: false },
)
