import { describeSink } from '../../contracts/sink-contract.ts';
import { sinkFixture } from '../../support/database-sinks.ts';

describeSink('MySQL and MariaDB', () => sinkFixture('mysql'));
describeSink('MatrixOne', () => sinkFixture('matrixone'));
