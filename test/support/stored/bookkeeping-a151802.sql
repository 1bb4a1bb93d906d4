create table fence (
  task_id varchar(64) not null primary key,
  epoch bigint not null,
  `window` bigint not null,
  batch bigint not null,
  checkpoint varchar(64) null,
  writes bigint not null,
  updated_at timestamp not null default current_timestamp
);
create table chunk (
  task_id varchar(64) not null,
  generation bigint not null,
  table_name varchar(255) not null,
  chunk bigint not null,
  lower_key longtext null,
  upper_key longtext null,
  done tinyint not null,
  row_count bigint not null,
  epoch bigint not null,
  claimed_by varchar(128) not null,
  primary key (task_id, generation, table_name, chunk)
);
create table loader (
  task_id varchar(64) not null,
  place bigint not null,
  owner varchar(128) not null,
  held_until bigint not null,
  primary key (task_id, place)
);
create table owner (
  table_name varchar(255) not null primary key,
  task_id varchar(64) not null
);
insert into fence (task_id, epoch, `window`, batch, checkpoint, writes) values ('TASK', 4, 7, 0, '1795472299911542797', 21);
insert into chunk (task_id, generation, table_name, chunk, lower_key, upper_key, done, row_count, epoch, claimed_by) values ('TASK', 1, 'shop.t', 1, null, null, 0, 0, 4, 'not shared');
insert into owner (table_name, task_id) values ('shop.t', 'TASK')
