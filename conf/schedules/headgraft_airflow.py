"""Headgraft every night, by Airflow on a Spark cluster: copy this file to Airflow's DAGs folder.

It needs the provider apache-airflow-providers-apache-spark and a connection spark_default that
names the cluster.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="headgraft",
    description="Trains and ships an image classifier",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    # A night that was missed is not made up for, and none begins before the last has ended.
    catchup=False,
    max_active_runs=1,
    # An hour later it goes on from the last commit. Exit code 10, the champion stays, is a failure
    # to spark-submit: it is tried again and stays one, so that somebody looks at the report.
    default_args={"retries": 1, "retry_delay": timedelta(hours=1)},
) as dag:
    SparkSubmitOperator(
        task_id="nightly",
        conn_id="spark_default",
        application="/opt/headgraft/jobs/target/headgraft-jobs-all.jar",
        java_class="io.headgraft.jobs.NightlyJob",
        properties_file="/opt/headgraft/conf/spark-defaults.conf",
        conf={"spark.executor.memoryOverhead": "2g"},
        driver_memory="8g",
        env_vars={"LC_ALL": "C.UTF-8"},
        application_args=[
            "--backbone",
            "hdfs:///models/SqueezeNet.mlmodel",
            "--data",
            "hdfs:///photos",
            "--workdir",
            "hdfs:///headgraft",
        ],
        execution_timeout=timedelta(hours=20),
    )
