create table fence (
  task_id varchar(64) not null primary key,
  epoch bigint not null,
  `window` bigint not null,
  batch bigint not null,
  checkpoint varchar(64) null,
  writes bigint not null,
  updated_at timestamp not null default current_timestamp
);
create table load_chunk (
  task_id varchar(64) not null,
  generation bigint not null,
  table_name varchar(255) not null,
  chunk bigint not null,
  lower_key longtext null,
  upper_key longtext null,
  done tinyint not null,
  row_count bigint not null,
  epoch bigint not null,
  primary key (task_id, generation, table_name, chunk)
);
insert into fence (task_id, epoch, `window`, batch, checkpoint, writes) values ('TASK', 4, 7, 0, '1795472299911542797', 21)
